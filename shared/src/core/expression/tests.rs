use serde_json::json;

use super::*;

fn context() -> Context {
    Context::new(&json!({
        "severity": "critical",
        "labels": { "service": "payments", "environment": "prod" },
        "nothing": null,
        "items": (0..2_000).collect::<Vec<_>>(),
    }))
}

fn holds(source: &str) -> bool {
    Expression::compile(source).unwrap().eval_bool(&context()).unwrap()
}

fn rendered(source: &str) -> String {
    Template::compile(source).unwrap().render(&context()).unwrap()
}

#[test]
fn a_condition_reads_like_a_sentence() {
    assert!(holds(r#"severity == "critical" and labels.service in ["payments", "checkout"]"#));
    assert!(!holds(r#"severity == "warning" or labels.team is defined"#));
}

#[test]
fn a_missing_value_may_be_asked_for_but_not_printed() {
    assert!(!holds("labels.team"));
    assert_eq!(rendered("{{ labels.team | default('nobody') }}"), "nobody");
    let team = Template::compile("{{ labels.team }}").unwrap();
    assert!(team.render(&context()).is_err());
    assert_eq!(team.render_there(&context()), Ok(None));
}

#[test]
fn only_what_is_missing_is_passed_over() {
    let there = |source: &str| Template::compile(source).unwrap().render_there(&context());
    assert_eq!(there("{{ labels.service }}"), Ok(Some("payments".to_owned())));
    assert_eq!(there("{{ labels.team.name }}"), Ok(None));
    assert!(there("{{ labels.service + 1 }}").is_err());
    let looked = Expression::compile("labels.team.name").unwrap();
    assert!(looked.eval(&context()).is_err());
    assert!(!looked.eval_there(&context()).unwrap().is_true());
    assert!(Expression::compile("labels.service < 1 + nothing").unwrap().eval_there(&context()).is_err());
}

#[test]
fn null_prints_as_nothing_and_nothing_is_escaped() {
    assert_eq!(rendered("[{{ nothing }}]{{ '<&>' }}"), "[]<&>");
}

#[test]
fn an_error_names_the_place_and_what_may_be_meant() {
    let error = Expression::compile("severity ==\n  labels.sevrice | uper").unwrap_err();
    assert_eq!(error.to_string(), "there is no filter `uper` (line 2, column 20); did you mean `upper`?");

    let error = Template::compile("to {{ labels.servise }}").unwrap().render(&context()).unwrap_err();
    assert_eq!((error.line, error.column), (1, 7), "{error}");
    assert_eq!(error.suggestion.as_deref(), Some("labels.service"));

    let error = Expression::compile("a ==").unwrap_err();
    assert_eq!(error.line, 1, "{error}");
}

#[test]
fn an_error_is_short_however_long_what_it_quotes_is() {
    let long = "p".repeat(10_000);
    for source in
        [format!("a | {long}"), format!("{long}(1)"), format!("a is {long}"), format!("a == '{long}' 1")]
    {
        let error = Expression::compile(&source).and_then(|known| known.eval_bool(&context())).unwrap_err();
        assert!(error.message.chars().count() <= error::MAX_MESSAGE, "{}", error.message);
    }
}

#[test]
fn a_filter_name_in_plain_text_or_in_a_string_is_no_filter() {
    assert_eq!(
        rendered("a | nothing {{ 'b | nonsense is odd' }} {# | gone #}"),
        "a | nothing b | nonsense is odd "
    );
}

#[test]
fn work_is_bounded() {
    let endless =
        Template::compile("{% for a in items %}{% for b in items %}x{% endfor %}{% endfor %}").unwrap();
    let error = endless.render(&context()).unwrap_err();
    assert!(error.message.contains("fuel"), "{error}");
    assert!(Expression::compile(&"(".repeat(10_000)).is_err());
    assert!(Expression::compile(&"a".repeat(MAX_SOURCE + 1)).is_err());
}

#[test]
fn names_are_known_before_anything_is_evaluated() {
    let expression = Expression::compile("labels.service == x and not y.z").unwrap();
    assert_eq!(expression.names(), ["labels.service", "x", "y.z"]);
}

#[test]
fn a_result_can_be_named_in_a_further_context() {
    let list = Expression::compile("[labels.service, 'b']").unwrap().eval(&context()).unwrap();
    assert_eq!(list.elements().map(|elements| elements.len()), Some(2));
    let context = context().with_data("both", &list);
    assert_eq!(Template::compile("{{ both | join('+') }}").unwrap().render(&context).unwrap(), "payments+b");
}

#[test]
fn no_chain_is_deep_enough_to_fill_a_stack() {
    for (link, times) in [(".a", 240), ("|upper", 240), (" ~ x", 240), ("[0]", 160)] {
        let compiled = |times: usize| Expression::compile(&format!("x{}", link.repeat(times)));
        let fits = compiled(times).unwrap();
        assert!(fits.names().len() <= times, "{link}");
        let _told = fits.eval_string(&context());
        for more in [300, 3_000] {
            assert!(compiled(more).unwrap_err().message.contains("words and signs"), "{link}");
            assert!(Template::compile(&format!("a {{{{ x{} }}}}", link.repeat(more))).is_err(), "{link}");
        }
    }
}

#[test]
fn a_text_without_end_is_an_error_and_not_made() {
    let source = "[items] * 10000000";
    let error = Expression::compile(source).unwrap().eval_string(&context()).unwrap_err();
    assert!(error.message.contains("longer than"), "{error}");
    assert!(Template::compile(&format!("{{{{ {source} }}}}")).unwrap().render(&context()).is_err());
}

#[test]
fn a_text_cannot_grow_without_doing_work() {
    let doubling = "{% set ns.x = ns.x + ns.x %}".repeat(60);
    let error =
        Template::compile(&format!("{{% set ns = namespace(x='ab') %}}{doubling}{{{{ ns.x | length }}}}"));
    assert_eq!(error.unwrap_err().message, "there is no `set` here: a template has `if` and `for`");
    for template in ["{%- macro m() %}{% endmacro %}", "{% include 'x' %}", "{%", "{% %}"] {
        assert!(Template::compile(template).is_err(), "{template}");
    }
    let fine = "{%- for item in items -%} {%+ if item %}x{% elif no %}{%- else %}y{% endif %}{% endfor %}";
    assert!(Template::compile(fine).is_ok());
}
