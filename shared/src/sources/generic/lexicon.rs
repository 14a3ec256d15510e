//! The words that senders use for states, and those that come and go with them: tables and nothing else. What they mean
//! together is for `words`.

/// States that are the end of trouble.
#[rustfmt::skip]
pub(super) const RESOLVED: &[&str] = &[
    "ok", "okay", "resolved", "resolve", "recovered", "recovery", "recover", "closed", "close", "cleared",
    "clear", "up", "normal", "healthy", "fixed", "passed", "passing", "pass", "success", "successful",
    "succeeded", "succeed", "successfully", "green", "operational", "ended", "inactive", "solved", "restored",
    "online", "completed", "complete", "finished", "deactivated", "compliant", "reachable", "dismissed",
];
/// States that every post says anyway, so that they are no fact.
#[rustfmt::skip]
pub(super) const BARE: &[&str] = &[
    "active", "alert", "alerting", "closed", "firing", "ok", "open", "problem", "recovered", "resolved", "triggered",
];
/// States that are trouble.
#[rustfmt::skip]
pub(super) const FIRING: &[&str] = &[
    "alarm", "alert", "alerting", "firing", "fired", "fire", "trigger", "triggered", "problem", "down",
    "failed", "failure", "fail", "failing", "error", "errored", "critical", "crit", "warning", "warn", "fatal",
    "emergency", "outage", "red", "open", "opened", "active", "unhealthy", "degraded", "breached", "violated",
    "broken", "unreachable", "offline", "activated", "crashed", "aborted", "stalled", "investigating",
    "identified", "unresolved", "reopened", "nodata", "timeout", "timedout", "timed", "unsuccessful",
    "unstable", "unavailable", "anomalous", "exceeded", "lost", "missing", "rollback", "noncompliant",
    "trouble", "impaired", "undelivered",
];
/// States of a trouble that goes on though somebody knows of it; of anything else they say nothing.
#[rustfmt::skip]
pub(super) const KNOWN: &[&str] = &[
    "acknowledged", "ack", "acked", "acknowledge", "acknowledgement", "mitigated", "monitoring", "snoozed",
    "snooze",
];
/// States that are neither trouble nor its end.
#[rustfmt::skip]
pub(super) const NEITHER: &[&str] = &[
    "unacknowledged", "pending", "running", "queued", "canceled", "cancelled", "skipped", "stopped", "building",
    "scheduled",
];
/// Words of states that pull requests, orders and tickets have as well.
#[rustfmt::skip]
pub(super) const WEAK: &[&str] = &[
    "open", "opened", "reopened", "active", "activated", "inactive", "closed", "close", "completed", "complete",
    "finished", "ended", "ok", "solved", "missing", "fixed",
];
/// What is about one of these speaks of work, not of trouble.
#[rustfmt::skip]
pub(super) const WORK: &[&str] = &[
    "pullrequest", "mergerequest", "issue", "ticket", "repository", "repo", "commits", "card", "board", "order",
    "customer", "invoice", "subscription", "objectattributes", "comment", "discussion", "conversation",
    "ticketid", "ticketstatus", "ticketsubject", "tickettitle", "pullrequestid", "pullrequeststatus", "orderid",
    "invoiceid",
];
/// What people add to a thing without changing it.
#[rustfmt::skip]
pub(super) const REMARKS: &[&str] = &[
    "comment", "commented", "note", "annotated", "assigned", "unassigned", "labeled", "unlabeled",
];
/// Words of states that speak of work rather than of trouble; in a field that is named for an action they say nothing.
#[rustfmt::skip]
pub(super) const ONLY_AS_STATE: &[&str] = &[
    "open", "opened", "active", "inactive", "closed", "close", "completed", "complete", "finished", "up",
    "error", "alert", "alarm", "ended", "pass", "clear", "green", "red", "ok", "fire", "normal", "online",
    "offline", "problem", "warning", "fixed",
];
/// An action about one of these is about trouble whatever the verb is.
#[rustfmt::skip]
pub(super) const TROUBLE: &[&str] = &[
    "alert", "alerts", "alarm", "incident", "monitor", "problem", "check", "outage", "heartbeat", "violation",
    "anomaly", "incidentid", "incidentkey", "incidentname", "alertid", "alertname", "alarmname", "alarmid",
    "problemid", "problemtitle", "monitorid", "monitorname", "checkid", "alertpolicynames", "servicestate",
    "hoststate",
];
/// Fields whose truth is a state.
#[rustfmt::skip]
pub(super) const FLAGS: &[&str] = &[
    "firing", "isfiring", "active", "resolved", "isresolved", "recovered", "ok", "isok", "success", "up", "isup",
    "healthy", "failed", "down", "isdown",
];
/// Words that come and go with the state of the same thing.
#[rustfmt::skip]
pub(super) const FILLERS: &[&str] = &[
    "is", "are", "was", "were", "has", "have", "been", "be", "went", "goes", "not", "now", "again", "back",
    "becomes", "became", "after", "about", "minute", "minutes", "second", "seconds", "hour", "hours", "passes",
    "fails", "recovers", "reporting", "started", "finished",
];
/// What happens to a thing in the name of an event.
#[rustfmt::skip]
pub(super) const MOVES: &[&str] = &[
    "created", "create", "updated", "update", "deleted", "delete", "changed", "change", "added", "removed",
    "new", "start", "stop", "applied", "deployed", "planned", "delivered", "occurred", "started", "finished",
    "ended", "end", "begin", "event", "events", "notification", "webhook", "v1", "v2", "test", "status",
    "state",
];
/// Ends that somebody declared: nothing else in the same message says otherwise.
#[rustfmt::skip]
pub(super) const ENDS: &[&str] = &[
    "resolved", "resolve", "recovered", "recovery", "recover", "closed", "cleared", "clear", "normal", "ok", "up",
    "deactivated",
];
