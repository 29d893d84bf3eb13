"""Images in the Data tab: samples, augmentation, a person's own, and what has to be downloaded first."""

import hashlib

import pytest

from playground.data import download, downloadable
from playground.data.download import Collection, Remote, folder_of
from playground.data.fetching import Fetcher
from playground.data.glimpse import glimpse
from playground.experiment import edits
from playground.experiment.data import CSV
from playground.experiment.images import Digits, OwnImages
from playground.experiment.presets import start
from playground.ui import data_panel, download_panel, own_images_panel
from tests.pictures import encoded, noise, own_images, zipped

UPLOADER = "images_upload:0"
TWO = zipped({f"{name}/{index}.png": encoded(noise(seed=index)) for name in ("cat", "dog") for index in range(6)})
FILES = [(f"{name}_{index}.png", encoded(noise(seed=index)), "image/png") for name in "xy" for index in range(3)]


@pytest.fixture
def page(open_page, shared):
    """The Data tab on scikit-learn's digits."""
    assert shared.change(lambda _: start())
    data_panel.pick(shared, "digits")
    return open_page("Data", shared)


def errors(page) -> str:
    return "\n".join(item.value for item in page.error).replace("\\", "")


def captions(page) -> str:
    return "\n".join(item.value for item in page.caption).replace("\\", "")


def test_samples_counts_and_augmentation(page, shared):
    assert not page.exception and not page.error
    assert "1,437 images to train on, 139 to 146 of each of 10 classes; 360 to test on. 8 × 8" in captions(page)
    assert "first, second and third epoch" not in captions(page)
    page.number_input(key="field:data/augment/shift").set_value(0.2).run()
    assert shared.experiment.data.augment.shift == 0.2 and shared.in_step
    assert "first, second and third epoch" in captions(page)
    data_panel.pick(shared, "shapes")
    assert shared.experiment.data.augment.shift == 0.2, "the same augmentation on other images"
    assert shared.experiment.data.samples == 3_000


def test_the_same_on_the_page_of_images(page, shared):
    data_panel.pick(shared, "digits")
    shared.set(("data", "augment", "flip"), True)
    page.session_state["image_tabs"] = "Data"
    page.switch_page("../../pages/images.py").run()
    assert not page.exception and not page.error
    assert "first, second and third epoch" in captions(page)


def test_points_and_images_have_sensible_numbers_of_their_own():
    back = edits.with_data(edits.with_data(start(), Digits(kind="digits")), start().data)
    assert (back.data.samples, back.data.test_fraction) == (start().data.samples, start().data.test_fraction)


def test_a_zip_with_folders_is_trained_on_at_once(page, shared):
    page.file_uploader(key=UPLOADER).set_value(("pets.zip", TWO, "application/zip")).run()
    assert not page.exception and not page.error
    data = shared.experiment.data
    assert isinstance(data, OwnImages) and (data.name, data.size, data.colour) == ("pets.zip", 12, True)
    assert shared.in_step and glimpse(data).classes == ("cat", "dog")
    page.selectbox(key="field:data/fit").set_value("pad").run()
    # More of them, with the choices that were made.
    page.file_uploader(key="images_upload:1").set_value(("more.zip", TWO, "application/zip")).run()
    assert (shared.experiment.data.name, shared.experiment.data.fit) == ("more.zip", "pad")


def test_files_are_sorted_by_hand(page, shared):
    page.file_uploader(key=UPLOADER).set_value(FILES).run()
    assert not page.exception and not page.error
    assert isinstance(shared.experiment.data, Digits), "nothing is trained on yet"
    assert "x: 3; y: 3" in captions(page)
    page.text_input(key="images_group").set_value("z").run()
    page.file_uploader(key="images_upload:1").set_value(FILES[:2]).run()
    assert "x: 3; y: 3; z: 2" in captions(page)
    page.button(key="images_use").click().run()
    assert not page.exception and not page.error
    assert glimpse(shared.experiment.data).classes == ("x", "y", "z") and shared.in_step


def test_one_class_only_is_told_there_and_nothing_is_lost(page, shared):
    page.text_input(key="images_group").set_value("z").run()
    page.file_uploader(key=UPLOADER).set_value(FILES).run()
    page.button(key="images_use").click().run()
    assert "one class only" in errors(page)
    assert "z: 6" in captions(page) and isinstance(shared.experiment.data, Digits)
    page.button(key="images_discard").click().run()
    assert "z: 6" not in captions(page)


def test_what_is_no_image_is_told_there(page, shared):
    page.file_uploader(key=UPLOADER).set_value(("a.png", b"junk", "image/png")).run()
    assert not page.exception
    assert "No image could be read: a.png" in errors(page) and isinstance(shared.experiment.data, Digits)


def test_images_that_are_not_here_are_a_draft_and_told(open_page, shared):
    assert shared.change(lambda _: start())
    gone = edits.fit_loss(start(), OwnImages(kind="images", images="0" * 64))
    page = open_page("Data", x=gone.to_link())
    assert not page.exception
    assert "These images are not on this server: upload them again" in errors(page)


def test_own_images_and_tables_can_be_left_and_used_again(open_page, shared):
    assert shared.change(lambda _: start())
    own_images_panel.use(shared, OwnImages(kind="images", images=own_images(), name="mine"))
    page = open_page("Data", shared)
    data_panel.pick(shared, "digits")
    page.run()
    page.button(key="images_again").click().run()
    assert shared.experiment.data.name == "mine" and not isinstance(shared.experiment.data, CSV)


def test_a_download_is_offered_made_and_used(page, shared, monkeypatch, tmp_path):
    content = b"x" * 1_000
    remote = Remote(
        "cifar-10-binary.tar.gz", len(content), hashlib.sha256(content).hexdigest(), ("http://a.invalid/x",)
    )
    collection = Collection("CIFAR-10", "cifar10", (remote,))
    monkeypatch.setitem(downloadable.COLLECTIONS, "cifar10", collection)
    mine = Fetcher(downloadable.COLLECTIONS)
    monkeypatch.setattr(download_panel, "fetcher", mine)
    session = page.session_state
    session[download_panel.WANTED] = ("cifar10", "digits")
    page.run()
    told = captions(page)
    assert "Without the internet: put cifar" in told
    page.button(key="download_start").click().run()
    while (thread := mine._thread) is not None:
        thread.join(30)
    page.run()
    assert "could not be downloaded" in errors(page) and "by hand" in errors(page)
    assert isinstance(shared.experiment.data, Digits)
    # Put there by hand: the next look finds it, and the experiment is on it (here it is no archive, which is told).
    folder_of(collection).mkdir(parents=True, exist_ok=True)
    (folder_of(collection) / remote.name).write_bytes(content)
    try:
        assert download.missing(collection) == ()
        page.run()
        assert not page.exception
        assert download_panel.WANTED not in page.session_state
    finally:
        (folder_of(collection) / remote.name).unlink()
