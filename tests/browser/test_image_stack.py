"""A stack of convolutions, built on the playground's page as any other."""

from playwright.sync_api import expect

from tests.browser.person import Person, described

CONV = {"kind": "conv2d", "channels": 4, "kernel": 3, "padding": 1}
BOARD = ".np-board[data-ready]"


def test_convolutions_are_built_trained_and_undone_as_other_layers(person: Person):
    experiment = described(CONV, {"kind": "relu"}, batch_size=64)
    experiment = experiment.replace(data={"kind": "digits"})
    page = person.page
    page.goto(f"/?x={experiment.to_link()}")
    expect(page.locator(BOARD)).to_be_visible()  # in place of the diagram: one image, followed through the network
    person.play()

    expect(person.card("0").locator(".shape")).to_have_text("4 × 8 × 840 parameters")
    assert "3 × 3 pixels" in person.card("0").locator(".shape").get_attribute("title")
    page.get_by_role("button", name="+ Add a layer").click()
    palette = page.locator(".palette")
    expect(palette.get_by_role("group", name="For images")).to_be_visible()
    after = person.changes_address(palette.get_by_role("button", name="Max pooling", exact=True).click)
    assert after.network[2].kind == "max_pool2d"
    expect(person.card("2").locator(".shape")).to_have_text("4 × 4 × 4")

    kernel = person.card("2").get_by_role("spinbutton", name="Kernel")
    kernel.fill("9")
    kernel.press("Enter")
    expect(page.locator("li.card.wrong .problem")).to_contain_text("The kernel covers 9 × 9 pixels")
    person.goes_on()  # what fitted goes on
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("li.card.wrong")).to_have_count(0)
    person.until("status.state === 'playing' && status.step > 0")

    page.get_by_role("radio", name="Code").click()
    expect(page.locator(".st-key-code_view code")).to_contain_text("nn.MaxPool2d(2)")
