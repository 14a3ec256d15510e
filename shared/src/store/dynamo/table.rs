//! What the table looks like: key, sparse indexes, TTL. The deployment makes it from template.yaml; the tests make it from
//! here, and compare the two.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
};

use super::attempt::{attempt, transient};
use super::{INCIDENT, refused};
use crate::store::StoreError;

/// The attribute by which DynamoDB deletes items, in seconds since 1970.
pub const TTL_ATTRIBUTE: &str = "expires_at";

/// The table's partition and sort key, both strings.
pub const KEY: [&str; 2] = ["pk", "sk"];

/// A sparse index: an incident is in it while it has both attributes. Its items carry the table's key and `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name, which is also the value of the partition key.
    pub name: &'static str,
    /// The attribute that is its partition key, a string.
    pub partition: &'static str,
    /// The attribute that is its sort key, a number: nanoseconds since 1970.
    pub sort: &'static str,
}

/// What is open, by when it opened.
pub const OPEN: Index = Index { name: "open", partition: "open_pk", sort: "open_at" };
/// What Slack does not show yet, by when to look.
pub const BEHIND: Index = Index { name: "behind", partition: "behind_pk", sort: "behind_at" };
/// What must happen, by when.
pub const DUE: Index = Index { name: "due", partition: "due_pk", sort: "due_at" };

/// All indexes.
pub const INDEXES: [Index; 3] = [OPEN, BEHIND, DUE];

/// The attribute that the indexes carry beside the keys.
pub const PROJECTED: &str = INCIDENT;

/// Makes the table. For tests and emulators, where a table is there at once.
///
/// # Errors
/// [`StoreError::Refused`] if there is one of this name, [`StoreError::Unavailable`] if nobody answers.
pub async fn create_table(client: &Client, table: &str) -> Result<(), StoreError> {
    let request = definition(client.create_table().table_name(table)).map_err(refused)?;
    attempt(|| request.clone().send(), transient).await?;
    let ttl = TimeToLiveSpecification::builder().attribute_name(TTL_ATTRIBUTE).enabled(true).build();
    let request =
        client.update_time_to_live().table_name(table).time_to_live_specification(ttl.map_err(refused)?);
    attempt(|| request.clone().send(), transient).await?;
    Ok(())
}

fn definition(mut request: CreateTableFluentBuilder) -> Result<CreateTableFluentBuilder, BuildError> {
    let [pk, sk] = KEY;
    request = request
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute(pk, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(sk, ScalarAttributeType::S)?)
        .key_schema(key(pk, KeyType::Hash)?)
        .key_schema(key(sk, KeyType::Range)?);
    for index in INDEXES {
        let projection = Projection::builder()
            .projection_type(ProjectionType::Include)
            .non_key_attributes(PROJECTED)
            .build();
        request = request
            .attribute_definitions(attribute(index.partition, ScalarAttributeType::S)?)
            .attribute_definitions(attribute(index.sort, ScalarAttributeType::N)?)
            .global_secondary_indexes(
                GlobalSecondaryIndex::builder()
                    .index_name(index.name)
                    .key_schema(key(index.partition, KeyType::Hash)?)
                    .key_schema(key(index.sort, KeyType::Range)?)
                    .projection(projection)
                    .build()?,
            );
    }
    Ok(request)
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, BuildError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
}
