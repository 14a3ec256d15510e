//! The deployment makes its table from template.yaml, the tests make theirs from the code: they are the same table.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeDefinition, KeySchemaElement, Projection};
use serde_json::Value;

use crate::ground::Ground;

/// The table's properties in template.yaml.
fn properties() -> Value {
    let template: Value = serde_saphyr::from_str(include_str!("../../../../template.yaml")).unwrap();
    template["Resources"]["Table"]["Properties"].clone()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn pairs(value: &Value, second: &str) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list(value).iter().map(|pair| (text(&pair["AttributeName"]), text(&pair[second]))).collect()
}

fn key(schema: &[KeySchemaElement]) -> BTreeSet<(String, String)> {
    schema.iter().map(|part| (part.attribute_name.clone(), part.key_type.as_str().to_owned())).collect()
}

fn attributes(definitions: &[AttributeDefinition]) -> BTreeSet<(String, String)> {
    let pair = |attribute: &AttributeDefinition| {
        (attribute.attribute_name.clone(), attribute.attribute_type.as_str().to_owned())
    };
    definitions.iter().map(pair).collect()
}

fn projection(projection: &Projection) -> (String, Vec<String>) {
    let kind = projection.projection_type().unwrap().as_str().to_owned();
    (kind, projection.non_key_attributes().to_vec())
}

#[tokio::test]
async fn the_deployment_makes_the_table_that_the_store_is_written_for() {
    let ground = Ground::new().await;
    let made = ground.client.describe_table().table_name(&ground.table).send().await.unwrap().table.unwrap();
    let written = properties();
    assert_eq!(
        attributes(made.attribute_definitions()),
        pairs(&written["AttributeDefinitions"], "AttributeType")
    );
    assert_eq!(key(made.key_schema()), pairs(&written["KeySchema"], "KeyType"));
    let made_indexes: BTreeMap<_, _> = made
        .global_secondary_indexes()
        .iter()
        .map(|index| {
            let name = index.index_name().unwrap().to_owned();
            (name, (key(index.key_schema()), projection(index.projection().unwrap())))
        })
        .collect();
    let written_indexes: BTreeMap<_, _> = list(&written["GlobalSecondaryIndexes"])
        .iter()
        .map(|index| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let carried = list(&index["Projection"]["NonKeyAttributes"]).iter().map(text).collect();
            let projection = (text(&index["Projection"]["ProjectionType"]), carried);
            (text(&index["IndexName"]), (pairs(&index["KeySchema"], "KeyType"), projection))
        })
        .collect();
    assert_eq!(made_indexes.len(), 3);
    assert_eq!(made_indexes, written_indexes);
    assert_eq!(made.billing_mode_summary().unwrap().billing_mode().unwrap().as_str(), written["BillingMode"]);
    let ttl = ground.client.describe_time_to_live().table_name(&ground.table).send().await.unwrap();
    let ttl = ttl.time_to_live_description.unwrap();
    assert_eq!(ttl.attribute_name().unwrap(), written["TimeToLiveSpecification"]["AttributeName"]);
    assert_eq!(written["TimeToLiveSpecification"]["Enabled"], true);
}

#[test]
fn the_table_outlives_a_mistake() {
    let template: Value = serde_saphyr::from_str(include_str!("../../../../template.yaml")).unwrap();
    let table = &template["Resources"]["Table"];
    assert_eq!(table["DeletionPolicy"], "Retain");
    assert_eq!(table["UpdateReplacePolicy"], "Retain");
    let recovery = &table["Properties"]["PointInTimeRecoverySpecification"];
    assert_eq!(recovery["PointInTimeRecoveryEnabled"], true);
}
