//! DynamoStore against a DynamoDB: `contract` runs the suite that every store must pass and counts requests, `faults` breaks
//! the wire, `crowd` lets many work at once, `items` looks at what lies in the table, `template` compares the table with the
//! deployment's, `time` runs the store under a clock that jumps and `simulated`
//! the whole system on it.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod items;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod template;
#[cfg(test)]
mod time;
