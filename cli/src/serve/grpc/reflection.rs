//! `grpc.reflection`: which services there are, and their descriptors. Each message of the caller is answered by one.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::{Bytes, BytesMut};
use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http_body_util::channel::{Channel, Sender};
use http_body_util::{BodyExt as _, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use prost_reflect::{FileDescriptor, MethodDescriptor};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::protocol::{self, Codec, Protocol};
use super::status::{Code, Status};
use super::{descriptors, frames};
use crate::serve::connections::PATIENCE;
use crate::serve::versions::Body;

/// The two versions of the service. Their messages are the same.
const PATHS: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// No question is longer.
const LIMIT: usize = 16 * 1024;

/// The method, if a request is a call of it. It is only served over gRPC: its messages go both ways at once.
pub(in crate::serve) fn method(head: &Parts) -> Option<MethodDescriptor> {
    let is_grpc = protocol::of(head) == Some((Protocol::Grpc, Codec::Proto));
    PATHS
        .contains(&head.uri.path())
        .then(|| descriptors::method(head.uri.path()))
        .flatten()
        .filter(|_| is_grpc)
}

/// Answers the messages of a body as they come, each in one of the places for requests.
pub(in crate::serve) fn answer(
    method: MethodDescriptor,
    body: Incoming,
    places: Arc<Semaphore>,
) -> Response<Body> {
    let (sender, channel) = Channel::new(1);
    tokio::spawn(converse(method, body, sender, places));
    let mut response = Response::new(UnsyncBoxBody::new(channel));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

async fn converse(
    method: MethodDescriptor,
    mut body: Incoming,
    mut sender: Sender<Bytes>,
    places: Arc<Semaphore>,
) {
    let mut read = BytesMut::new();
    // Who is silent for long has nothing more to learn.
    let status = loop {
        while let Some(frame) = frames::first(&read) {
            let (flags, message, left) = (frame.flags, frame.message.to_vec(), frame.rest.len());
            let (method, place) = (method.clone(), Arc::clone(&places).acquire_owned().await);
            let reply = spawn_blocking(move || {
                let _place = place;
                reply(&method, flags, &message)
            });
            let broken = |_| Err(Status::new(Code::INTERNAL, "internal error"));
            let answer = match reply.await.unwrap_or_else(broken) {
                Ok(answer) => answer,
                Err(status) => return finish(&mut sender, &status).await,
            };
            let _ = read.split_to(read.len().saturating_sub(left));
            if sender.send_data(answer).await.is_err() {
                return;
            }
        }
        if read.len() > LIMIT {
            break Status::new(Code::INVALID_ARGUMENT, "the message is too long");
        }
        match timeout(PATIENCE * SILENCES, body.frame()).await {
            Ok(Some(Ok(frame))) => read.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            Ok(Some(Err(_))) => return,
            Ok(None) | Err(_) => break Status::new(Code::OK, ""),
        }
    };
    finish(&mut sender, &status).await;
}

/// People read between their questions.
const SILENCES: u32 = 6;

async fn finish(sender: &mut Sender<Bytes>, status: &Status) {
    // Who has gone needs no trailers.
    let _ = sender.send_trailers(status.trailers()).await;
}

/// The frame that answers another.
fn reply(method: &MethodDescriptor, flags: u8, message: &[u8]) -> Result<Bytes, Status> {
    if flags != 0 {
        return Err(Status::new(Code::UNIMPLEMENTED, "compressed questions are not answered"));
    }
    let unreadable = |words: String| Protocol::Grpc.unreadable(words);
    let question = descriptors::to_json(method.input(), message).map_err(unreadable)?;
    let question: Value = serde_json::from_slice(&question).map_err(|error| unreadable(error.to_string()))?;
    let mut answer = respond(&question);
    if let Some(members) = answer.as_object_mut() {
        members.insert("validHost".to_owned(), question.get("host").cloned().unwrap_or_else(|| "".into()));
        members.insert("originalRequest".to_owned(), question);
    }
    let message = descriptors::to_binary(&method.output(), answer.to_string().as_bytes());
    let message = message.map_err(|words| Status::new(Code::INTERNAL, words))?;
    let mut bytes = BytesMut::new();
    frames::put(0, &message, &mut bytes);
    Ok(bytes.freeze())
}

fn respond(question: &Value) -> Value {
    let text = |name| question.get(name).and_then(Value::as_str);
    let pool = descriptors::pool();
    if text("listServices").is_some() {
        let services: Vec<_> = pool.services().map(|service| json!({"name": service.full_name()})).collect();
        return json!({"listServicesResponse": {"service": services}});
    }
    if let Some(name) = text("fileByFilename") {
        return file(pool.get_file_by_name(name));
    }
    if let Some(name) = text("fileContainingSymbol") {
        return file(containing(name));
    }
    if text("allExtensionNumbersOfType").is_some() || question.get("fileContainingExtension").is_some() {
        return error(Code::NOT_FOUND, "there are no extensions");
    }
    error(Code::INVALID_ARGUMENT, "the question is empty")
}

/// The file that has a service, a message, an enum, a method, or a member of one of them.
fn containing(name: &str) -> Option<FileDescriptor> {
    let pool = descriptors::pool();
    let find = |name: &str| {
        let service = pool.get_service_by_name(name).map(|it| it.parent_file());
        let message = || pool.get_message_by_name(name).map(|it| it.parent_file());
        let enumeration = || pool.get_enum_by_name(name).map(|it| it.parent_file());
        service.or_else(message).or_else(enumeration)
    };
    let is_member = |owner: &str, member: &str| {
        let field =
            || pool.get_message_by_name(owner).is_some_and(|it| it.get_field_by_name(member).is_some());
        pool.get_service_by_name(owner).is_some_and(|it| it.methods().any(|it| it.name() == member))
            || field()
    };
    find(name).or_else(|| {
        let (owner, member) = name.rsplit_once('.')?;
        is_member(owner, member).then(|| find(owner)).flatten()
    })
}

/// A file with all that it needs, itself first.
fn file(file: Option<FileDescriptor>) -> Value {
    let Some(file) = file else { return error(Code::NOT_FOUND, "there is no such symbol or file") };
    let mut files = vec![file];
    let mut next = 0;
    while let Some(file) = files.get(next).cloned() {
        for needed in file.dependencies() {
            if !files.contains(&needed) {
                files.push(needed);
            }
        }
        next += 1;
    }
    let files: Vec<_> = files.iter().map(|file| BASE64_STANDARD.encode(file.encode_to_vec())).collect();
    json!({"fileDescriptorResponse": {"fileDescriptorProto": files}})
}

fn error(code: Code, words: &str) -> Value {
    json!({"errorResponse": {"errorCode": code.number(), "errorMessage": words}})
}
