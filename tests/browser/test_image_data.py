"""Images as data, as a person brings and varies them."""

from pathlib import Path

from playwright.sync_api import expect

from playground.data.shapes import OUTLINES, shapes
from tests.browser.person import Person
from tests.pictures import encoded, zipped


def test_a_person_trains_on_a_zip_of_their_own(person: Person, tmp_path: Path) -> None:
    drawn = shapes(1, 40, 0.0, "shape")
    pictures = zip(drawn.images.transpose(0, 2, 3, 1), drawn.labels, strict=True)
    files = {f"mine/{OUTLINES[k]}/{number}.png": encoded(image.copy()) for number, (image, k) in enumerate(pictures)}
    path = tmp_path / "mine.zip"
    path.write_bytes(zipped(files))
    page = person.page
    person.open()
    person.tab("Data")
    page.get_by_text("Your own images").click()
    before = page.locator(".st-key-images_group")
    expect(before).to_be_visible()
    after = person.changes_address(lambda: page.locator("input[type=file]").nth(1).set_input_files(path))
    assert (after.data.kind, after.data.name, after.data.size) == ("images", "mine.zip", 28)
    expect(page.get_by_text("32 images to train on, 8 of each of 4 classes; 8 to test on.")).to_be_visible()
    expect(page.get_by_role("img", name="Images of the training part")).to_be_visible()
    page.get_by_text("Augmentation", exact=True).click()
    after = person.changes_address(lambda: person.fill("Rotate", 90))
    assert after.data.augment.rotate == 90
    expect(page.get_by_role("img", name="Images as they are, and augmented as set in three epochs")).to_be_visible()
    person.train(epochs=1)
    assert person.status["train_loss"] is not None
