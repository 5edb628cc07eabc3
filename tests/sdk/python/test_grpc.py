"""gRPC of `idpstore serve` before the eyes of grpcio, which knows nothing but what the server's reflection shows.

The program is the one that the variable IDPSTORE names.
"""

import os
import subprocess
import unittest

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

ADMIN = "zitadel.admin.v1.AdminService"
MANAGEMENT = "zitadel.management.v1.ManagementService"

METADATA = b"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:partner">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>"""


class Reflected(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen(
            [os.environ["IDPSTORE"], "serve", "--port", "0", "--token", "s3cret", "--keys", "fixture"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        address = self.process.stdout.readline().strip().removeprefix("listening on http://")
        self.channel = grpc.insecure_channel(address)
        self.addCleanup(self.channel.close)
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = DescriptorPool(self.database)

    def call(self, service, name, /, metadata=(), compression=None, **fields):
        """Calls a procedure, with its message made of these fields."""
        method = self.pool.FindServiceByName(service).FindMethodByName(name)
        request, response = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        call = self.channel.unary_unary(
            f"/{service}/{name}", request_serializer=request.SerializeToString, response_deserializer=response.FromString)
        metadata = [("authorization", "Bearer s3cret"), *metadata]
        return call(request(**fields), metadata=metadata, compression=compression, timeout=30)

    def refused(self, *arguments, **fields):
        with self.assertRaises(grpc.RpcError) as refusal:
            self.call(*arguments, **fields)
        return refusal.exception

    def test_services_and_symbols_are_found(self):
        services = set(self.database.get_services())
        self.assertLessEqual({ADMIN, MANAGEMENT, "zitadel.idp.v2.IdentityProviderService", "grpc.health.v1.Health",
                              "grpc.reflection.v1.ServerReflection"}, services)
        for service in services:
            for method in self.pool.FindServiceByName(service).methods:
                self.assertTrue(method.input_type.full_name)
        self.assertEqual(self.pool.FindMessageTypeByName("zitadel.v1.ObjectDetails").fields_by_name["sequence"].number, 1)
        by_member = self.database.FindFileContainingSymbol(f"{ADMIN}.ListProviders")
        self.assertEqual(by_member.package, "zitadel.admin.v1")
        with self.assertRaises(KeyError):
            self.database.FindFileContainingSymbol("no.such.Symbol")

    def test_a_provider_is_added_read_and_deleted(self):
        for compression in (None, grpc.Compression.Gzip):
            added = self.call(ADMIN, "AddSAMLProvider", compression=compression, name="Partner", metadata_xml=METADATA,
                              binding=1, with_signed_request=True, provider_options={"is_auto_creation": True})
            self.assertGreater(added.details.sequence, 0)
            self.assertGreater(added.details.creation_date.seconds, 0)
            idp = self.call(ADMIN, "GetProviderByID", compression=compression, id=added.id).idp
            self.assertEqual((idp.name, idp.config.saml.metadata_xml, idp.config.saml.binding), ("Partner", METADATA, 1))
            self.assertEqual(idp.config.WhichOneof("config"), "saml")
            self.assertTrue(idp.config.options.is_auto_creation and idp.config.saml.with_signed_request)
            self.assertTrue(idp.config.saml.HasField("federated_logout_enabled"))
            listed = self.call(ADMIN, "ListProviders", queries=[{"idp_id_query": {"id": added.id}}])
            self.assertEqual([item.id for item in listed.result], [added.id])
            self.call(ADMIN, "DeleteProvider", id=added.id)
            self.assertEqual(self.refused(ADMIN, "GetProviderByID", id=added.id).code(), grpc.StatusCode.NOT_FOUND)

    def test_organizations_are_named_by_metadata(self):
        fields = {"name": "own", "client_id": "c", "client_secret": "s"}
        added = self.call(MANAGEMENT, "AddGoogleProvider", **fields)
        own = added.details.resource_owner
        same = self.call(MANAGEMENT, "GetProviderByID", [("x-zitadel-orgid", own)], id=added.id)
        self.assertEqual(same.idp.details.resource_owner, own)
        other = self.refused(MANAGEMENT, "GetProviderByID", [("x-zitadel-orgid", "1")], id=added.id)
        self.assertEqual((other.code(), other.details()),
                         (grpc.StatusCode.PERMISSION_DENIED, "Organisation doesn't exist (AUTH-Bs7Ds)"))

    def test_errors_have_details(self):
        error = self.refused(ADMIN, "GetProviderByID", id="nope")
        self.assertEqual(error.details(), "Identity Provider Configuration doesn't exist (QUERY-SAFrt)")
        details = dict(error.trailing_metadata())["grpc-status-details-bin"]
        detail = GetMessageClass(self.pool.FindMessageTypeByName("zitadel.v1.ErrorDetail"))(
            id="QUERY-SAFrt", message="Identity Provider Configuration doesn't exist")
        self.assertTrue(details.endswith(detail.SerializeToString()))
        unknown = self.channel.unary_unary(f"/{ADMIN}/Nope")
        with self.assertRaises(grpc.RpcError) as refusal:
            unknown(b"", timeout=30)
        self.assertEqual(refusal.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_health(self):
        health = health_pb2_grpc.HealthStub(self.channel)
        for service in ("", ADMIN):
            answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=30)
            self.assertEqual(answer.status, health_pb2.HealthCheckResponse.SERVING)
        with self.assertRaises(grpc.RpcError) as refusal:
            health.Check(health_pb2.HealthCheckRequest(service="nope"), timeout=30)
        self.assertEqual(refusal.exception.code(), grpc.StatusCode.NOT_FOUND)


if __name__ == "__main__":
    unittest.main()
