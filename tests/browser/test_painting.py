"""Painting: somebody changes the points while the network learns them, and takes the result away as a link."""

from playwright.sync_api import expect

from tests.browser.person import BOUNDARY, Person, described, linear

TANH = {"kind": "tanh"}


def test_points_are_painted_while_the_network_learns_them(person: Person):
    page = person.open(described(linear(6), TANH)).page
    person.play()
    person.keep_nodes()
    page.get_by_role("button", name="Paint", exact=True).click()
    tools = page.get_by_role("group", name="Painting tools")
    expect(page.locator(".np-paint-count")).to_have_text("200")
    tools.get_by_role("button", name="Paint points of class B").click()

    box = page.locator(".np-paint-surface").bounding_box()
    before, rev = person.boundary, person.status["rev"]

    def drag() -> None:
        page.mouse.move(box["x"] + 10, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 10, steps=5)
        page.mouse.up()

    data = person.changes_address(drag).data
    assert data.kind == "painted" and data.count > 210
    assert data.test_fraction == 0.5, "what was chosen for the synthetic set stays"
    person.until("status.rev > rev && status.state === 'playing' && status.step > 0", rev=rev)
    person.differs(BOUNDARY, before)

    undone = person.changes_address(tools.get_by_role("button", name="Undo").click).data
    assert (undone.kind, undone.count) == ("painted", 200)
    again = person.changes_address(tools.get_by_role("button", name="Redo").click).data
    assert again == data

    page.get_by_role("button", name="Paint", exact=True).click()
    points = page.locator(".st-key-boundary .scatterlayer .point")
    expect(points).to_have_count(data.count)
    expect(points.first).to_be_visible()
    assert all(person.same_nodes), "nothing was drawn anew"
    person.press("Pause")

    page.reload()
    person.settled()
    expect(points).to_have_count(data.count)
    assert person.experiment.data == data
