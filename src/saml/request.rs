//! Requests to sign in: `AuthnRequest` (section 3.4.1 of saml-core-2.0-os), and how they travel (saml-bindings-2.0-os).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use quick_xml::escape::escape;

/// A request to sign in, without a signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuthnRequest<'a> {
    pub(crate) id: &'a str,
    pub(crate) issue_instant: &'a str,
    /// Where it is sent.
    pub(crate) destination: &'a str,
    /// Who we are to the partner.
    pub(crate) issuer: &'a str,
    /// Where we expect the response, with the POST binding.
    pub(crate) consumer: &'a str,
    pub(crate) name_id_format: &'a str,
}

impl AuthnRequest<'_> {
    /// The request as XML.
    pub(crate) fn write(&self) -> String {
        let Self { id, issue_instant, destination, issuer, consumer, name_id_format } = *self;
        let [destination, issuer, consumer, format] =
            [destination, issuer, consumer, name_id_format].map(escape);
        format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" Version=\"2.0\" \
             IssueInstant=\"{issue_instant}\" Destination=\"{destination}\" \
             ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             AssertionConsumerServiceURL=\"{consumer}\"><saml:Issuer>{issuer}</saml:Issuer>\
             <samlp:NameIDPolicy Format=\"{format}\" AllowCreate=\"true\"/></samlp:AuthnRequest>"
        )
    }

    /// As a form has it (section 3.5.4).
    pub(crate) fn for_form(&self) -> String {
        BASE64_STANDARD.encode(self.write())
    }

    /// As a query has it (section 3.4.4.1), before it is percent-encoded.
    pub(crate) fn for_query(&self) -> String {
        BASE64_STANDARD.encode(stored(self.write().as_bytes()))
    }
}

/// Bytes as DEFLATE has them in blocks without compression (RFC 1951, section 3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut blocks = bytes.chunks(usize::from(u16::MAX)).peekable();
    let mut deflated = Vec::with_capacity(bytes.len() + 5);
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        deflated.push(u8::from(blocks.peek().is_none()));
        deflated.extend(length.to_le_bytes());
        deflated.extend((!length).to_le_bytes());
        deflated.extend(block);
    }
    deflated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_into_a_block_goes_on_in_the_next() {
        let long = vec![b'x'; 65_536];
        let deflated = stored(&long);
        assert_eq!(deflated[..5], [0, 0xff, 0xff, 0, 0]);
        assert_eq!(deflated[65_540..], [1, 1, 0, 0xfe, 0xff, b'x']);
    }

    #[test]
    fn texts_are_escaped() {
        let request = AuthnRequest {
            id: "id-1",
            issue_instant: "2026-01-15T10:00:00Z",
            destination: "https://partner.example/sso?a=1&b=\"",
            issuer: "https://we.example/<>",
            consumer: "https://we.example/acs",
            name_id_format: "f",
        };
        let xml = request.write();
        assert!(xml.contains("Destination=\"https://partner.example/sso?a=1&amp;b=&quot;\""), "{xml}");
        assert!(xml.contains("<saml:Issuer>https://we.example/&lt;&gt;</saml:Issuer>"), "{xml}");
    }
}
