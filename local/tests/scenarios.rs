//! Every script in `scenarios/` told as it was told before. A new story is a new file; `INSTA_UPDATE=always` accepts what
//! is told now, and the diff is what people will see.

#[test]
fn every_story_goes_as_it_went() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    insta::glob!("scenarios/*.txt", |path| {
        let told = runtime.block_on(local::scenario::run_file(path, None));
        let told = told.unwrap_or_else(|error| panic!("{error}"));
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(told);
        });
    });
}
