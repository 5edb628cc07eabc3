//! gRPC by tonic, on which Rust's clients of ZITADEL are built.

use http::uri::PathAndQuery;
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::server::Server;

#[derive(Clone, PartialEq, prost::Message)]
struct AddGoogleProviderRequest {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    client_id: String,
    #[prost(string, tag = "3")]
    client_secret: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AddGoogleProviderResponse {
    #[prost(string, tag = "2")]
    id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct GetProviderByIdRequest {
    #[prost(string, tag = "1")]
    id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct GetProviderByIdResponse {
    #[prost(message, optional, tag = "1")]
    idp: Option<Provider>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Provider {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(int32, tag = "3")]
    state: i32,
    #[prost(string, tag = "4")]
    name: String,
}

/// Calls a procedure of the administration.
async fn call<I, O>(admin: &mut Grpc<Channel>, name: &str, message: I) -> Result<Response<O>, Status>
where
    I: prost::Message + 'static,
    O: prost::Message + Default + 'static,
{
    admin.ready().await.unwrap();
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", "Bearer s3cret".parse().unwrap());
    let path: PathAndQuery = format!("/zitadel.admin.v1.AdminService/{name}").parse().unwrap();
    admin.unary(request, path, ProstCodec::default()).await
}

#[tokio::test]
async fn tonic_makes_and_reads_a_provider_and_the_details_of_errors() {
    let server = Server::start(&["--token", "s3cret"]);
    let channel = Endpoint::from_shared(server.url.clone()).unwrap().connect().await.unwrap();
    let plain = Grpc::new(channel);
    let packed = plain.clone().send_compressed(CompressionEncoding::Gzip);
    for mut admin in [plain, packed.accept_compressed(CompressionEncoding::Gzip)] {
        let google = AddGoogleProviderRequest {
            name: "Google".to_owned(),
            client_id: "client".to_owned(),
            client_secret: "secret".to_owned(),
        };
        let added: Response<AddGoogleProviderResponse> =
            call(&mut admin, "AddGoogleProvider", google).await.unwrap();
        let id = added.into_inner().id;
        let get = GetProviderByIdRequest { id: id.clone() };
        let found: Response<GetProviderByIdResponse> =
            call(&mut admin, "GetProviderByID", get).await.unwrap();
        let google = Provider { id, state: 1, name: "Google".to_owned() };
        assert_eq!(found.into_inner().idp, Some(google));

        let missing = GetProviderByIdRequest { id: "nope".to_owned() };
        let refused: Status =
            call::<_, GetProviderByIdResponse>(&mut admin, "GetProviderByID", missing).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        assert!(refused.message().ends_with("(QUERY-SAFrt)") && !refused.details().is_empty(), "{refused:?}");
    }
}
