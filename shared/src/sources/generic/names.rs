//! The names of fields that senders use, in lower case without separators, the most promising first. Only names may be here;
//! what the values mean is for `words`.

/// Titles, the most promising first.
#[rustfmt::skip]
pub(super) const TITLES: &[&str] = &[
    "title", "alerttitle", "eventtitle", "incidenttitle", "subject", "headline", "summary", "alertsubject",
    "shortmessage", "alertname", "alertmessage", "incidentname", "monitorname", "monitorfriendlyname",
    "checkname", "rulename", "message", "msg", "alarmname", "shortdescription", "displayname", "friendlyname",
    "name", "text", "description", "body", "reason", "detailtype", "eventname", "eventtype", "event", "type",
];
/// Titles that only name the thing, so that its state has to be said beside them.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "alertname", "incidentname", "monitorname", "monitorfriendlyname", "checkname", "rulename", "alarmname",
    "displayname", "friendlyname", "name",
];
/// Longer texts.
#[rustfmt::skip]
pub(super) const TEXTS: &[&str] = &[
    "description", "longdescription", "message", "msg", "body", "text", "details", "detail", "summary",
    "reason", "error", "errormessage", "alertdetails", "content", "output", "comment", "note", "cause",
];
/// Fields named for a state.
#[rustfmt::skip]
pub(super) const STATES: &[&str] = &[
    "status", "state", "alertstate", "alertstatus", "currentstate", "currentstatus", "newstate", "newstatus",
    "newstatevalue", "incidentstatus", "incidentstate", "monitorstatus", "checkstatus", "alerttransition",
    "transition", "triggerstatus", "problemstatus", "problemstate", "result", "conclusion", "outcome",
    "condition", "alerttypefriendlyname", "phase", "health", "healthstatus",
];
/// Fields that say what happened; only words that speak of an alert count in them.
#[rustfmt::skip]
pub(super) const ACTIONS: &[&str] = &[
    "eventtype", "alerttype", "eventaction", "action", "event", "type", "notificationtype", "trigger",
    "eventname", "detailtype", "messagetype",
];
/// How bad it is.
#[rustfmt::skip]
pub(super) const SEVERITIES: &[&str] = &[
    "severity", "alertseverity", "severitylevel", "criticality", "priority", "urgency", "level", "alertlevel",
    "loglevel", "importance", "impact", "sev", "alerttype", "type",
];
/// Pages for people.
#[rustfmt::skip]
pub(super) const LINKS: &[&str] = &[
    "url", "link", "htmlurl", "weburl", "alerturl", "incidenturl", "eventurl", "permalink", "detailsurl",
    "consoleurl", "issueurl", "problemurl", "monitorurl", "checkurl", "dashboardurl", "generatorurl",
    "targeturl", "buildurl", "runurl", "externalurl", "shortlink", "publicurl", "logurl", "href", "uri",
    "website",
];
/// The sender's own name of the thing that the alert is about; never a message's id.
#[rustfmt::skip]
pub(super) const KEYS: &[&str] = &[
    "dedupkey", "deduplicationkey", "fingerprint", "incidentkey", "alertkey", "alias", "groupkey", "problemid",
    "aggregkey", "incidentid", "alertid", "monitorid", "checkid", "alarmid", "issueid", "correlationid",
];
/// Times of all kinds.
#[rustfmt::skip]
pub(super) const TIMES: &[&str] = &[
    "timestamp", "time", "eventtime", "occurredat", "datetime", "ts", "date", "at", "createdat", "created",
    "createdon", "updatedat", "updated", "lastupdated", "startedat", "startsat", "starttime", "triggeredat",
    "triggeredtime", "firedat", "resolvedat", "endedat", "endsat", "endtime", "closedat", "statechangetime",
    "changedat", "finishedat", "completedat", "lastseen", "lasttimestamp", "lastoccurrence",
    "statechangedtimestamp", "statechangedutctime",
];
/// Names of labels and the fields that hold them.
#[rustfmt::skip]
pub(super) const LABELS: &[(&str, &[&str])] = &[
    ("service", &[
        "service", "servicename", "app", "application", "appname", "applicationname", "component", "project", "projectname",
        "repository",
    ]),
    ("environment", &["environment", "env", "environmentname", "stage", "deploymentenvironment"]),
    ("region", &["region", "awsregion", "regionname", "location"]),
    ("account", &["account", "accountid", "awsaccountid", "accountname"]),
    ("resource", &[
        "resource", "resourcename", "resourceid", "host", "hostname", "instance", "server", "node", "device", "target",
        "container", "pod", "database", "cluster", "entity", "functionname", "monitor", "check", "monitorname", "checkname",
    ]),
];
/// What a payload without a title is about.
pub(super) const CHECKS: &[&str] =
    &["check", "monitor", "probe", "test", "metric", "metricname", "job", "task"];
/// Facts that alerts are about, the first to be shown.
#[rustfmt::skip]
pub(super) const FACTS: &[&str] = &[
    "value", "currentvalue", "metricvalue", "threshold", "metric", "metricname", "service", "servicename", "resource", "host",
    "hostname", "instance", "environment", "env", "region", "account", "accountid",
];
