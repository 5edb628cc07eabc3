"""How Okta's own SDK for Python gets tokens with its key, unmodified, against `idpstore serve`: some that it alone can use, too."""

import asyncio
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from command import Folder
from test_okta import Server  # first, because it lets the SDK speak plain HTTP

from okta.client import Client

ID = "0oa1gjh63g214q0Hq0g4"


class Tokens(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(self)
        self.folder.openssl("genrsa", "-out", "own.pem", "2048")
        self.folder.openssl("rsa", "-in", "own.pem", "-pubout", "-out", "listed.pem")
        self.folder.openssl("genrsa", "-out", "other.pem", "2048")

    def text(self, name):
        return Path(self.folder.path, name).read_text()

    def serve(self, *arguments, **client):
        """A server, which knows a client if there is one."""
        arguments = ["--keys", "fixture", *arguments]
        if client:
            file = Path(self.folder.path, "idpstore.json")
            listed = {"name": "robot", "id": ID, "key": self.text("listed.pem"), **client}
            file.write_text(json.dumps({"clients": [listed]}))
            arguments += ["--config", str(file)]
        server = Server(*arguments)
        self.addCleanup(server.stop)
        return server

    def call(self, server, key="own.pem", times=1, **settings):
        """What the client gets that lists groups so often, the kind of its token, and its scopes."""
        config = {
            "orgUrl": server.url, "authorizationMode": "PrivateKey", "clientId": ID, "privateKey": self.text(key),
            "scopes": ["okta.groups.read", "okta.idps.manage"], "rateLimit": {"maxRetries": 0}, **settings,
        }

        async def run():
            client = Client(config)
            for _ in range(times):
                groups, response, error = await client.list_groups()
            _, kind, _ = await client.get_request_executor()._oauth.get_oauth_token()
            return groups, response, error, kind

        return asyncio.run(run())

    def test_any_client_where_no_token_is_required(self):
        groups, _, error, kind = self.call(self.serve())
        self.assertIsNone(error)
        self.assertEqual(([group.type for group in groups], kind), (["BUILT_IN"], "Bearer"))

    def test_a_listed_client_and_no_other(self):
        server = self.serve(access="read-only")
        _, _, error, _ = self.call(server)
        self.assertIsNone(error)
        groups, _, error, _ = self.call(server, key="other.pem")
        self.assertIsNone(groups)
        self.assertIn("invalid_client", str(error))

    def test_a_token_that_is_bound_to_a_key(self):
        server = self.serve(dpop=True)
        groups, _, error, kind = self.call(server, times=3, dpopEnabled=True)
        self.assertIsNone(error)
        self.assertEqual((len(groups), kind), (1, "DPoP"))
        groups, _, error, _ = self.call(server)
        self.assertIsNone(groups)
        self.assertIn("invalid_dpop_proof", str(error))

    def test_over_tls(self):
        server = self.serve("--tls", "--tls-dir", str(self.folder.path), access="read-only")
        self.assertTrue(server.url.startswith("https://"), server.url)

        def run(**more):
            own = {"ORG_URL": server.url, "CLIENT_ID": ID, "PRIVATE_KEY": self.text("own.pem"), **more}
            kept = {name: value for name, value in os.environ.items() if not name.startswith("OKTA_")}
            robot = [sys.executable, str(Path(__file__).with_name("robot.py"))]
            return subprocess.run(robot, env={**kept, **own}, capture_output=True, text=True, check=False)

        trusting = run(SSL_CERT_FILE=str(Path(self.folder.path, "ca.pem")))
        self.assertEqual((trusting.returncode, trusting.stdout), (0, "BUILT_IN\n"), trusting.stderr)
        self.assertIn("certificate", run(SSL_CERT_FILE=os.devnull).stderr)


if __name__ == "__main__":
    unittest.main()
