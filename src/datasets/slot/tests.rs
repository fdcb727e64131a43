use super::*;

#[test]
fn parts_lie_below_the_root_with_and_without_a_slash() {
    for (root, expected) in [
        ("http://a/b", "http://a/b/x.yml"),
        ("http://a/b/", "http://a/b/x.yml"),
        ("http://a", "http://a/x.yml"),
        ("http://a/b?t=1", "http://a/b/x.yml?t=1"),
    ] {
        let url = below(&Url::parse(root).unwrap(), "x.yml").unwrap();
        assert_eq!(url.as_str(), expected);
    }
    let whole = Url::parse("http://a/list.json").unwrap();
    assert_eq!(below(&whole, ""), Some(whole.clone()));
}
