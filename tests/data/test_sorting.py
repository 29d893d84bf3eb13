"""From what a person brings to an album in the store: zips, single files, classes, and all that is wrong with them."""

import io
import struct
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data import album, load, store, unzipping
from playground.data.album import Album
from playground.data.errors import TableError
from playground.data.names import clean
from playground.data.sorting import Item, bring, suggested
from playground.experiment.images import OwnImages
from playground.settings import Settings
from tests.pictures import encoded, noise, zipped

IMAGE = encoded(noise())


def found(files, **limits):
    """The (folder, name) pairs of what is taken from a zip of these files."""
    brought = bring([("some.zip", zipped(files) if isinstance(files, dict) else files)], settings=Settings(**limits))
    return [(item.folder, item.name) for item in brought.items], brought.notes


def refused(files, **limits):
    with pytest.raises(TableError) as raised:
        found(files, **limits)
    assert raised.value.field == "images" and len(raised.value.message) < 300
    return raised.value.message


def test_a_folder_for_each_class_however_deep():
    files = {"pets/": b"", "pets/cat/1.png": IMAGE, "pets/cat/2.PNG": IMAGE, "pets/old/dog/1.png": IMAGE}
    assert found(files) == ([("cat", "1.png"), ("cat", "2.PNG"), ("dog", "1.png")], ())


def test_where_all_lie_in_folders_of_one_name_the_ones_above_are_the_classes():
    deep = {f"set/{pet}/2024/raw/{number}.png": IMAGE for pet in ("cat", "dog") for number in (1, 2)}
    assert [folder for folder, _ in found(deep)[0]] == ["cat", "cat", "dog", "dog"]
    assert [folder for folder, _ in found({"a/one/1.png": IMAGE, "one/2.png": IMAGE})[0]] == ["one", "one"]
    far = {"/".join((pet, *["x"] * 3000, "1.png")): IMAGE for pet in ("cat", "dog")}
    assert [folder for folder, _ in found(far)[0]] == ["x", "x"]


def test_what_computers_add_is_passed_over():
    extra = {
        "__MACOSX/cat/._1.png": b"x", "cat/.DS_Store": b"x", "cat/._1.png": b"x", "cat/Thumbs.db": b"x",
        "readme.txt": b"x", ".git/config.png": b"x",
    }  # fmt: skip
    assert found({"cat/1.png": IMAGE, **extra}) == ([("cat", "1.png")], ())


def test_backslashes_are_folders_too():
    assert found({"pets\\cat\\1.png": IMAGE})[0] == [("cat", "1.png")]


def test_what_cannot_be_read_is_left_out_and_named():
    broken = {f"cat/{index}.png": b"junk" for index in range(5)}
    items, (note,) = found({"cat/good.png": IMAGE, **broken})
    assert items == [("cat", "good.png")]
    assert note.startswith("5 left out: 0.png is no image") and note.endswith("and 2 more")
    assert "No image could be read: 0.png is no image" in refused(broken)


def test_animations_are_told():
    frames = [np.full((8, 8), value, np.uint8) for value in (10, 200)]
    kept = io.BytesIO()
    from PIL import Image

    Image.fromarray(frames[0]).save(kept, "GIF", save_all=True, append_images=[Image.fromarray(frames[1])])
    assert found({"a/1.gif": kept.getvalue()})[1] == ("only the first frame of 1 animated one is used",)


@pytest.mark.parametrize("path", ["../x/1.png", "cat/../../1.png", "/etc/1.png", "C:/x/1.png", "..\\1.png"])
def test_paths_that_lead_out_of_the_zip(path):
    assert "a path that leads out of it" in refused({"cat/1.png": IMAGE, path: IMAGE})


def test_names_are_cleaned():
    (folder, name), *_ = found({"ca\u202et\x07/<b>\u200b1.png": IMAGE})[0]
    assert (folder, name) == ("cat", "<b>1.png")
    assert len(found({f"{'x' * 300}/1.png": IMAGE})[0][0][0]) <= 60


def locked(data):
    """A zip whose entries say that they are encrypted."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.find(mark) + at] |= 1
    return bytes(changed)


def packed(kind):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", kind) as archive:
        archive.writestr("cat/1.png", IMAGE)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x05\x06" + bytes(18), "There is no image in the zip"),
        (zipped({"notes.txt": b"x"}), "There is no image in the zip"),
        (b"PK\x03\x04" + bytes(100), "no zip that can be read"),
        (zipped({"cat/1.png": IMAGE})[:-30], "no zip that can be read"),
        (locked(zipped({"cat/1.png": IMAGE})), "locked with a password"),
        (packed(zipfile.ZIP_LZMA), "packed in a way"),
        (packed(zipfile.ZIP_BZIP2), "packed in a way"),
        (zipped({"cat/1.png": IMAGE}).replace(IMAGE[60:90], bytes(30), 1), "is damaged"),
    ],
    ids=["empty", "no image", "no zip", "cut", "locked", "LZMA", "bzip2", "damaged"],
)
def test_zips_that_are_no_good(data, said):
    assert said in refused(data)


def test_a_zip_bomb_is_not_unpacked():
    assert "too large" in refused({f"a/{index}.png": bytes(3_000_000) for index in range(2)}, image_bytes=1_000_000)


def test_the_list_of_contents_is_bounded_before_it_is_read(monkeypatch):
    data = bytearray(zipped({f"a/{index}.png": b"" for index in range(3)}))
    assert "at most 2 are taken" in refused(bytes(data), image_files=2)
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 2**31)
    monkeypatch.setattr(unzipping.zipfile, "ZipFile", None)  # not even opened
    assert "far more files" in refused(bytes(data))


def test_limits_of_an_upload():
    three = [(f"{index}.png", IMAGE) for index in range(3)]
    for limits, said in (
        ({"image_files": 2}, "These are 3 images; at most 2"),
        ({"image_bytes": 500}, "more than"),
        ({"album_bytes": 500}, "too many pixels together"),
    ):
        with pytest.raises(TableError, match=said):
            bring(three, settings=replace(Settings(), **limits))
    with pytest.raises(TableError, match="Nothing was brought"):
        bring([])


def test_zips_and_files_together():
    brought = bring([("a.zip", zipped({"x/1.png": IMAGE, "y/1.png": IMAGE})), ("dir/2.png", IMAGE)])
    assert [(item.folder, item.name) for item in brought.items] == [("x", "1.png"), ("y", "1.png"), ("", "2.png")]
    assert brought.sorted


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (["cat_1.png", "cat-2.png", "Dog 7.jpg", "dog.jpg"], ["cat", "cat", "dog", "dog"]),
        (["IMG_1.jpg", "IMG_2.jpg"], ["", ""]),
        (["a.png", "b.png", "c.png", "d.png", "e.png"], [""] * 5),
        (["1.png", "2.png"], ["", ""]),
    ],
)
def test_names_of_files_may_tell_the_class(names, classes):
    assert suggested([Item("", name, noise()) for name in names]) == classes


def pairs(**counts):
    return [(name, noise(9, 12, seed=index)) for name, count in counts.items() for index in range(count)]


@pytest.mark.parametrize(
    ("given_pairs", "said"),
    [
        ([("", noise())], "No image has a class yet"),
        (pairs(cat=5), "There is one class only ('cat')"),
        (pairs(cat=5, dog=1), "'dog' has one image only"),
        ([(f"c{index}", noise()) for index in range(50)], "There are 50 classes; at most 40"),
        ([], "No image has a class yet"),
    ],
)
def test_classes_that_cannot_be_told_apart(given_pairs, said):
    with pytest.raises(TableError) as raised:
        album.album(given_pairs)
    assert said in raised.value.message and raised.value.field == "images"


def test_an_album_comes_back_from_the_store_as_it_was(server):
    grey = [(name, np.repeat(image[..., :1], 3, axis=2)) for name, image in pairs(b=2, a=3)]
    for given_pairs, is_grey in ((pairs(b=2, a=3), False), (grey, True)):
        made = album.album([*given_pairs, ("", noise())], notes=("one note",))
        back = album.kept(album.keep(made))
        assert back.classes == ("a", "b") and back.labels.tolist() == [1, 1, 0, 0, 0] and back.grey == is_grey
        assert back.notes == ("one note", "1 image without a class left out")
        for image, (_, pixels) in zip(back.images, given_pairs, strict=True):
            np.testing.assert_array_equal(image, pixels)
    assert {path.suffix for path in (server.home / "albums").iterdir()} == {".album"}


def test_an_album_is_bounded():
    with pytest.raises(TableError, match="too many together; about 3 of them fit"):
        album.album(pairs(a=3, b=3), settings=replace(Settings(), album_bytes=1_000))


def test_more_pixels_than_a_server_takes(monkeypatch):
    digest = album.keep(album.album(pairs(a=3, b=3)))
    monkeypatch.setattr(album, "default_settings", replace(Settings(), image_values=6 * 3 * 100))
    with pytest.raises(TableError, match="room at 10 × 10 pixels") as raised:
        load(OwnImages(kind="images", images=digest, size=12))
    assert raised.value.field == "size"
    assert load(OwnImages(kind="images", images=digest, size=10)).image == (3, 10, 10)


def test_images_that_are_not_here():
    with pytest.raises(TableError, match="These images are not on this server: upload them again") as raised:
        load(OwnImages(kind="images", images="0" * 64))
    assert raised.value.field == "images"


GOOD = album._packed(Album(("a", "b"), np.array([0, 1]), (noise(3, 4), noise(2, 5)), False))


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_album_is_refused_or_is_an_album(data):
    kind = data.draw(st.sampled_from(["cut", "byte", "random"]))
    if kind == "cut":
        damaged = GOOD[: data.draw(st.integers(0, len(GOOD) - 1))]
    elif kind == "byte":
        at = data.draw(st.integers(0, 90))
        damaged = GOOD[:at] + bytes([data.draw(st.integers(0, 255))]) + GOOD[at + 1 :]
    else:
        damaged = album.MAGIC + data.draw(st.binary(max_size=60))
    try:
        back = album._unpacked(damaged)
    except TableError as error:
        assert "bring them again" in error.message
    else:
        assert len(back.images) == len(back.labels) == 2 and all(name == clean(name) for name in back.classes)


def test_tables_and_albums_do_not_mix():
    digest = store.put(b"a,b\n1,2\n")
    with pytest.raises(TableError, match="These images are not on this server"):
        album.kept(digest)
