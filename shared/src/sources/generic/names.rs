//! The names of fields that senders use, in lower case without separators, the most promising first. Only names may be here;
//! what the values mean is for `words`.

/// Titles, the most promising first.
#[rustfmt::skip]
pub(super) const TITLES: &[&str] = &[
    "title", "alerttitle", "incidenttitle", "incidentname", "eventtitle", "subject", "headline", "summary",
    "alertsubject", "shortmessage", "alertname", "alertmessage", "monitorname", "monitorfriendlyname",
    "checkname", "rulename", "alertrule", "conditionname", "searchname", "message", "msg", "alarmname",
    "shortdescription", "displayname", "friendlyname", "name", "rule", "text", "description", "body", "reason",
    "detailtype", "eventname", "eventtype", "event", "type",
];
/// Titles that say what sort of thing happened, so that what it happened to has to be said beside them.
pub(super) const EVENTS: &[&str] =
    &["detailtype", "eventname", "eventtype", "event", "type", "action", "webhookevent", "objectkind"];
/// Titles that are prose: they change with every message about the same thing.
#[rustfmt::skip]
pub(super) const PROSE: &[&str] =
    &["message", "msg", "text", "description", "body", "reason", "shortmessage", "alertmessage"];
/// Titles that only name the thing, so that its state has to be said beside them.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "alertname", "incidentname", "monitorname", "monitorfriendlyname", "checkname", "rulename", "alarmname",
    "displayname", "friendlyname", "name", "rule", "alertrule", "conditionname", "searchname",
];
/// Longer texts.
#[rustfmt::skip]
pub(super) const TEXTS: &[&str] = &[
    "description", "longdescription", "message", "msg", "body", "text", "details", "detail", "summary",
    "reason", "error", "errormessage", "alertdetails", "content", "output", "comment", "note", "cause",
];
/// Fields named for a state, what ended before what goes on.
#[rustfmt::skip]
pub(super) const STATES: &[&str] = &[
    "conclusion", "result", "outcome", "status", "state", "alertstate", "alertstatus", "currentstate",
    "currentstatus", "newstate", "newstatus", "newstatevalue", "incidentstatus", "incidentstate", "monitorstatus",
    "checkstatus", "alerttransition", "transition", "triggerstatus", "problemstatus", "problemstate", "condition",
    "alerttypefriendlyname", "checkstatename", "checkresult", "health", "healthstatus", "phase", "actiongroup", "notificationtype", "milestone", "triggertype",
];
/// Ends of names that are named for a state, further down in the order than the whole names.
pub(super) const STATE_ENDINGS: &[&str] = &["status", "state", "transition", "milestone"];
/// Beginnings of names that speak of what was, not of what is.
pub(super) const BEFORE: &[&str] =
    &["previous", "prev", "old", "last", "prior", "original", "from", "was", "merge"];
/// Fields that say what happened; only words that speak of an alert count in them.
#[rustfmt::skip]
pub(super) const ACTIONS: &[&str] = &[
    "eventtype", "alerttype", "eventaction", "action", "event", "type", "notificationtype", "trigger",
    "eventname", "detailtype", "messagetype", "messageevent", "webhookevent", "notificationtype", "topic", "kind",
    "operation", "objectkind", "verb", "alertaction", "actiontype",
];
/// How bad it is.
#[rustfmt::skip]
pub(super) const SEVERITIES: &[&str] = &[
    "severity", "alertseverity", "severitylevel", "criticality", "priority", "urgency", "level", "alertlevel",
    "loglevel", "importance", "impact", "sev", "securityseverity", "securityseveritylevel", "prioritylabel", "alerttype",
    "type",
];
/// How bad it is as a number from 0 to 10, 10 being the worst.
pub(super) const SCORES: &[&str] = &["severity", "score", "cvss", "cvssscore", "severityscore"];
/// Pages for people.
#[rustfmt::skip]
pub(super) const LINKS: &[&str] = &[
    "url", "link", "htmlurl", "weburl", "alerturl", "incidenturl", "eventurl", "permalink", "detailsurl",
    "consoleurl", "issueurl", "problemurl", "monitorurl", "checkurl", "dashboardurl", "generatorurl",
    "targeturl", "buildurl", "runurl", "externalurl", "shortlink", "publicurl", "logurl", "href", "uri",
    "website",
];
/// What the sender itself tells messages about the same thing by.
#[rustfmt::skip]
pub(super) const KEYS: &[&str] = &[
    "dedupkey", "deduplicationkey", "dedupid", "deduplicationid", "fingerprint", "alertkey", "alias", "aggregkey",
    "groupkey",
];
/// The sender's own name of the thing that the alert is about; never a message's id.
#[rustfmt::skip]
pub(super) const IDS: &[&str] = &[
    "incidentid", "alertid", "problemid", "alarmid", "monitorid", "checkid", "issuekey", "issueidentifier",
    "issueid", "faultid", "errorid", "outageid", "checkinid", "siteid", "itemid", "violationid", "anomalyid",
    "findingid", "detectionid", "ticketid", "ticketnumber", "caseid", "casenumber", "cardid",
    "alarmarn", "savedsearchid",
];
/// What names the thing for want of anything better.
pub(super) const LAST_IDS: &[&str] = &["incidentkey", "correlationid"];
/// Machines, on which more than one thing can break.
pub(super) const HOSTS: &[&str] =
    &["host", "hostname", "instance", "server", "node", "device", "resource", "entity"];
/// Numbers and short ids that count within a project.
#[rustfmt::skip]
pub(super) const NUMBERS: &[&str] = &[
    "pullrequestnumber", "pullrequestid", "mergerequestiid", "issuenumber", "issueiid", "alertnumber", "alertiid",
    "discussionnumber", "incidentiid", "objectattributesiid",
];
/// Where that is which is checked, if it has no name.
pub(super) const ADDRESSES: &[&str] = &["checkurl", "monitorurl"];
/// Fields at the top that say what sort of message it is.
pub(super) const KINDS: &[&str] =
    &["objectkind", "eventtype", "webhookevent", "event", "eventname", "type", "topic"];
/// Ids of whatever a payload carries, in the forms of JSON:API and Standard Webhooks.
pub(super) const OBJECTS: &[&str] =
    &["dataidentifier", "dataid", "objectid", "resourceid", "entityid", "resources"];
/// What runs again and again under one name: the id of a run is not the thing's.
#[rustfmt::skip]
pub(super) const RUNS: &[&str] = &[
    "build", "builds", "deploy", "deployment", "run", "job", "execution", "release", "pipeline", "workflow",
    "stage", "task", "preview", "invocation",
];
/// What a build or a deployment belongs to.
#[rustfmt::skip]
pub(super) const PROJECTS: &[&str] = &[
    "repositoryfullname", "repofullname", "projectpathwithnamespace", "repositoryname", "reponame", "reposlug",
    "projectslug", "projectname", "buildfullname", "repository", "repo", "project", "application", "app", "appname",
    "applicationname", "sitename", "servicename", "service",
];
/// Which of a project's builds it is.
#[rustfmt::skip]
pub(super) const WORKFLOWS: &[&str] = &[
    "workflowname", "pipelinename", "buildtypeid", "buildconfiguration", "definitionname", "definition", "workflow",
    "pipeline", "buildname", "workflowjobname", "jobname", "checkrunname", "checkname", "commitstatuskey", "context", "stackname",
    "stack", "workspacename", "deploymentgroup", "job", "stage", "stagename",
];
/// What alerts have and builds do not.
pub(super) const MEASURED: &[&str] =
    &["severity", "alertseverity", "priority", "urgency", "level", "metric", "threshold", "alertname"];
/// Branches.
#[rustfmt::skip]
pub(super) const BRANCHES: &[&str] = &[
    "branch", "branchname", "headbranch", "sourcebranch", "gitbranch", "buildbranch", "sourcebranchname",
    "refname", "ref", "targetbranch", "sourcerefname", "commitref",
];
/// Beginnings of names that end in `name` and name no thing: people, words, runs.
#[rustfmt::skip]
pub(super) const NO_THINGS: &[&str] = &[
    "account", "action", "author", "caller", "channel", "commit", "committer", "contact", "creator", "customer",
    "display", "event", "execution", "field", "file", "first", "friendly", "full", "group", "last", "login", "metric",
    "milestone", "nick", "org", "organization", "owner", "path", "priority", "pusher", "region", "requester", "role",
    "run", "sender", "session", "severity", "source", "state", "status", "subscription", "tag", "team", "template",
    "tenant", "topic", "trigger", "type", "updated", "user",
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
        "resource", "resourcename", "resourceid", "involvedobjectname", "host", "hostname", "instance", "server", "node", "device", "target",
        "container", "pod", "database", "cluster", "entity", "functionname", "monitor", "check", "monitorname", "checkname",
        "objectname", "bucketname", "tablename", "queuename", "clustername", "recipient",
    ]),
    ("project", PROJECTS),
    ("branch", BRANCHES),
];
/// What a payload without a title is about.
pub(super) const CHECKS: &[&str] = &[
    "check",
    "monitor",
    "alarm",
    "alert",
    "rule",
    "probe",
    "test",
    "metric",
    "metricname",
    "chart",
    "sensor",
    "job",
    "task",
];
/// Facts that alerts are about, the first to be shown.
#[rustfmt::skip]
pub(super) const FACTS: &[&str] = &[
    "value", "currentvalue", "metricvalue", "threshold", "metric", "metricname", "service", "servicename", "resource", "host",
    "hostname", "instance", "repositoryfullname", "projectpathwithnamespace", "repository", "project", "workflowname",
    "pipelinename", "pipeline", "workflow", "stack", "job", "branch", "branchname", "headbranch", "ref", "environment", "env",
    "region", "account", "accountid", "errormessage", "userlogin", "username", "sendername", "action", "event", "eventtype",
    "type", "resourcetype", "objectkind",
];
