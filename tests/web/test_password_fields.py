"""The field of a password hides it, and takes what is pasted or remembered (ASVS 6.2.6, 6.2.7)."""

from tests.reader import Reader


def test_the_field_hides_it_and_takes_what_is_pasted(reader: Reader) -> None:
    (field,) = [one for one in reader.get("/en/team/in").all("input") if one.get("name") == "password"]
    assert field.get("type") == "password"
    assert field.get("autocomplete") != "off"
    assert not [name for name in field.attrib if name.startswith("on") or name == "readonly"]
