//! PingOne's document of what an environment is made of: the products.

use super::record::Within;
use crate::dialects::document::{Document, Line, choice, each, object, server, text, texts, url, words};
use crate::dialects::pingone::{links, wire};
use crate::error::Reason;
use crate::model::VendorRecord;

/// The document. It is read into a record of its own, and kept in the remainder of the tenant.
pub(in crate::dialects::pingone) static BILL: Document<VendorRecord, Within> = Document::of(
    wire::NAME,
    &[
        server("_links", |_, within: &Within| {
            links::to(&[("self", &within.own), ("environment", &within.url)]).into()
        }),
        each(PRODUCTS, PRODUCT).required(),
        choice(SOLUTION, &["WORKFORCE", "CUSTOMER", "CIAM_TRIAL", "WF_TRIAL"]),
        server("createdAt", |bill: &VendorRecord, _| bill.created.to_string().into()),
        server("updatedAt", |bill, _| bill.updated.to_string().into()),
    ],
);

pub(in crate::dialects::pingone) const PRODUCTS: &str = "products";
pub(in crate::dialects::pingone) const SOLUTION: &str = "solutionType";

const PRODUCT: &[Line<VendorRecord, Within>] = &[
    text("id"),
    choice("type", PRODUCT_TYPES).required(),
    words("description"),
    object("console", &[url("href")]),
    texts("tags"),
    object("deployment", &[text("id")]),
    each("bookmarks", &[text("name").required(), url("href").required()]).check(|_, bookmarks, _| {
        if bookmarks.as_array().is_some_and(|bookmarks| bookmarks.len() > 5) {
            return Err(Reason::OutOfRange(0, 5));
        }
        Ok(())
    }),
];

const PRODUCT_TYPES: &[&str] = &[
    "PING_ONE_BASE",
    "PING_ONE_MFA",
    "PING_ONE_DAVINCI",
    "PING_ONE_RISK",
    "PING_ONE_FRAUD",
    "PING_ONE_PROVISIONING",
    "PING_ONE_VERIFY",
    "PING_ONE_CREDENTIALS",
    "PING_ONE_AUTHORIZE",
    "PING_ONE_ID",
    "PING_ONE_ORCHESTRATE",
    "PING_ONE_FOR_ENTERPRISE",
    "PING_ONE_FOR_SAAS",
    "PING_FEDERATE",
    "PING_ACCESS",
    "PING_DIRECTORY",
    "PING_AUTHORIZE",
    "PING_ID",
    "PING_ID_SDK",
    "PING_INTELLIGENCE",
    "PING_CENTRAL",
    "PING_DATA_SYNC",
    "PING_DATA_GOVERNANCE",
];
