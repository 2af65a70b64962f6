"""SSRF-01: a customer's URL taken apart, and the settings of its fragment."""

import pytest

from sandbox.webhooks.targets import (
    DEFAULTS,
    TargetError,
    canonical_url,
    parse_settings,
    parse_target,
)


def test_ssrf_01_a_plain_url_keeps_its_bytes():
    target = parse_target("https://hooks.example.com/voice/?b=2&a=%2B1")
    assert target.url == "https://hooks.example.com/voice/?b=2&a=%2B1"
    assert (target.host, target.port) == ("hooks.example.com", 443)
    assert target.request_target == "/voice/?b=2&a=%2B1"


def test_the_port_stays_where_the_customer_wrote_one():
    target = parse_target("http://hooks.example.com:80/a")
    assert target.url == "http://hooks.example.com:80/a"
    assert target.port == 80


def test_an_empty_path_is_sent_as_a_slash_and_kept_empty_in_the_url():
    target = parse_target("https://hooks.example.com?x=1")
    assert target.url == "https://hooks.example.com?x=1"
    assert target.request_target == "/?x=1"


def test_scheme_and_host_are_lower_case_and_the_last_dot_goes():
    assert parse_target("HTTPS://Hooks.EXAMPLE.com./A").url == "https://hooks.example.com/A"


def test_ssrf_01_a_foreign_name_is_encoded_once():
    url = "https://bücher.example/ü?q=é"
    assert canonical_url(url) == "https://xn--bcher-kva.example/%C3%BC?q=%C3%A9"
    assert canonical_url(canonical_url(url)) == canonical_url(url)


def test_the_settings_stay_in_the_stored_url_and_leave_the_requested_one():
    url = "https://hooks.example.com/a#rc=2&rt=5000"
    assert canonical_url(url) == url
    assert parse_target(url).url == "https://hooks.example.com/a"


def test_an_ipv6_address_is_read_in_brackets():
    target = parse_target("http://[2606:4700:0::1]:8080/")
    assert target.netloc == "[2606:4700::1]:8080"
    assert str(target.address) == "2606:4700::1"


def test_full_width_digits_become_the_address_they_spell():
    assert str(parse_target("http://１２７.０.０.１/").address) == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com/a",
        "//hooks.example.com/a",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "http://.",
        "http://a..example.com/",
        "http://user@hooks.example.com/",
        "http://user:secret@hooks.example.com/",
        "http://@hooks.example.com/",
        "http://hooks.example.com:0/",
        "http://hooks.example.com:65536/",
        "http://hooks.example.com:http/",
        "http://hooks.example.com:８０/",
        "http://hooks.example.com\\@evil.example/",
        "http://hooks.example.com/a b",
        "http://hooks.example.com/\r\nX-Evil: 1",
        "http://hooks.example.com/\x00",
        "http://hooks.exa\u200bmple.com/",
        "http://hooks.example.com/\u202e",
        "http://hooks.example.com/\ud800",
        "http://%31%32%37.0.0.1/",
        "http://-a.example.com/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://[::ffff]x]/",
        "http://[127.0.0.1]/",
        "http://" + "a" * 64 + ".example.com/",
        "http://" + ".".join(["abcdefg"] * 32) + "/",
        "http://hooks.example.com/" + "a" * 2048,
    ],
)
def test_ssrf_01_a_url_that_must_not_be_called_is_refused_with_a_sentence(url):
    with pytest.raises(TargetError) as caught:
        parse_target(url)
    assert str(caught.value).endswith(".")


def test_no_fragment_means_the_defaults_of_the_trust_model():
    settings = parse_settings("")
    assert (settings.connect_ms, settings.total_ms) == (2000, 15000)
    assert settings.retries == 1
    assert settings.retry_on == {"ct", "5xx"}
    assert settings.edge_region == "nearest"


def test_all_settings_are_read():
    settings = parse_settings("ct=1000&rt=3000&tt=9000&rc=3&rp=4xx,rt&er=local")
    assert (settings.connect_ms, settings.read_ms, settings.total_ms) == (1000, 3000, 9000)
    assert (settings.retries, settings.edge_region) == (3, "local")
    assert settings.retry_on == {"4xx", "rt"}


@pytest.mark.parametrize(
    ("fragment", "name", "expected"),
    [
        ("ct=1", "connect_ms", 100),
        ("ct=99999", "connect_ms", 10_000),
        ("tt=55000", "total_ms", 40_000),
        ("tt=1", "total_ms", 100),
        ("rt=1", "read_ms", 100),
        ("rt=99999", "read_ms", 40_000),
        ("rt=99999", "total_ms", 40_000),
        ("rt=20000", "total_ms", 22_000),
        ("rt=20000&tt=5000", "read_ms", 5_000),
        ("rc=9", "retries", 5),
        ("rc=0", "retries", 0),
    ],
)
def test_a_value_outside_its_range_is_clamped(fragment, name, expected):
    assert getattr(parse_settings(fragment), name) == expected


@pytest.mark.parametrize(
    "fragment",
    ["top", "ct=soon&rt=&tt=-5&rc=１&rp=never&er=../..", "x=1", "&&=&", "rc=" + "9" * 5000],
)
def test_what_cannot_be_read_is_ignored(fragment):
    defaults = parse_settings("")
    assert parse_settings(fragment) == defaults


def test_all_retries_everything():
    assert parse_settings("rp=all").retry_on == {"4xx", "5xx", "ct", "rt"}


def test_the_defaults_stay_within_the_ceilings():
    assert DEFAULTS.total_ms <= 40_000
