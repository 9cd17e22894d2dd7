"""Confidence is respected: what is not checked is not shown as if it were."""

from portal.library.build import CONTENT
from portal.library.directory import load_directory


def test_every_belgian_postcode_has_an_area_whose_centre_is_open() -> None:
    directory, problems = load_directory(CONTENT)
    assert not problems
    for postcode in range(1000, 10000):
        area = directory.area_of(postcode)
        assert area is not None, postcode
        assert directory.centres[area.centre].is_open
        assert directory.nearest_with_phone(directory.centres[area.centre]).phone
    assert directory.area_of(999) is None


def test_what_comes_from_memory_or_is_disputed_is_never_shown() -> None:
    directory, _ = load_directory(CONTENT)
    liege = directory.centres["liege"]
    assert liege.phone is None  # two sources contradict each other
    assert "Gaillarmont" not in " ".join(line.value for line in liege.address)
    assert directory.centres["antwerpen"].phone is None  # from memory
    assert directory.centres["charleroi"].phone is None  # one source
    assert directory.centres["bruxelles"].phone == "02 535 45 42"
    assert not directory.centres["leuven"].address_is_checked  # shown, and said to be unconfirmed


def test_an_address_reads_as_people_write_it() -> None:
    directory, _ = load_directory(CONTENT)
    assert directory.centres["bruxelles"].address_text == "Rue Haute / Hoogstraat 320, 1000 Bruxelles / Brussel"
    assert directory.centres["leuven"].address_text == "campus Gasthuisberg, Herestraat 49, 3000 Leuven"
    assert directory.centres["namur"].address_text == "Avenue Albert Ier 143, Namur"  # its postcode is from memory


def test_the_nearest_with_a_phone_is_near() -> None:
    directory, _ = load_directory(CONTENT)
    nearest = {
        c: directory.nearest_with_phone(directory.centres[c]).id for c in ("roeselare", "antwerpen", "namur", "gent")
    }
    assert nearest == {"roeselare": "gent", "antwerpen": "bruxelles", "namur": "bruxelles", "gent": "gent"}
