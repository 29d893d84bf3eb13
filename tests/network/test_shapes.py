import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment import head_of
from playground.network import NetworkError, build, infer, limits
from playground.network.building import assemble
from tests.network.describe import block, experiment, linear, stacks


@settings(max_examples=60, deadline=None)
@given(stacks(), st.integers(1, 12), st.sampled_from([2, 3, 5]), st.sampled_from(["half_mse", "cross_entropy", "bce"]))
def test_the_summary_is_what_the_network_is(network, inputs, classes, loss):
    exp = experiment(network, loss={"kind": loss})
    summary = infer(exp, inputs, classes)
    if summary.problems:
        with pytest.raises(NetworkError) as caught:
            build(exp, (inputs, classes))
        assert (caught.value.path, caught.value.message) == summary.problems[0]
        return
    on_meta = assemble(exp, inputs, head_of(exp, classes))
    assert summary.parameters == sum(p.numel() for p in on_meta.parameters())
    made = build(exp, (inputs, classes)).eval()
    x = torch.randn(3, inputs)
    traced = made.trace(x)
    torch.testing.assert_close(traced["head"], made(x), rtol=0, atol=0)
    for card in summary.cards:
        assert traced[card.path].shape == (3, card.outputs)
        assert card.parameters == sum(p.numel() for p in made.at(card.path).parameters())
    assert traced["head"].shape == (3, summary.head.outputs)
    assert summary.head.parameters == sum(p.numel() for p in made.head.parameters())
    assert [card.path for card in summary.cards] == [path for path, _ in made.paths()][:-1]


def test_a_block_that_does_not_fit_says_so_at_its_card():
    exp = experiment([linear(8), block(linear(4), {"kind": "relu"})])
    (found,) = infer(exp, 2, 2).problems
    assert found == (
        (1,),
        "The block turns 8 values into 4; with an identity shortcut they must be equal. "
        "Give its last linear layer 8 units, or choose the projection shortcut.",
    )
    fixed = experiment([linear(8), block(linear(4), {"kind": "relu"}, shortcut="projection")])
    assert not infer(fixed, 2, 2).problems


def test_a_projection_is_learnt_only_where_sizes_differ():
    same = infer(experiment([linear(8), block(linear(8), shortcut="projection")]), 2, 2)
    other = infer(experiment([linear(8), block(linear(4), shortcut="projection")]), 2, 2)
    assert same.cards[1].parameters == 8 * 8 + 8
    assert other.cards[1].parameters == 8 * 4 + 4 + 8 * 4


@pytest.mark.parametrize(
    ("limit", "path"),
    [(23, (0,)), (24 + 31, (1,)), (56 + 71, (1, 0)), (56 + 72 + 35, (1, 1)), (56 + 72 + 36 + 4, "head")],
)
def test_the_card_that_passes_the_limit_is_marked(monkeypatch, limit, path):
    monkeypatch.setattr(limits, "settings", replace(limits.settings, max_parameters=limit))
    exp = experiment([linear(8), block(linear(8), linear(4), shortcut="projection")])
    (found,) = infer(exp, 2, 2).problems
    assert found[0] == path
    assert f"{limit:,}" in found[1]
    with pytest.raises(NetworkError):
        build(exp, (2, 2))


def test_a_head_that_cannot_be_is_a_problem_at_the_head():
    exp = experiment([linear(3)]).model_copy(update={"training": experiment(loss={"kind": "bce"}).training})
    asked = exp.model_copy(update={"head": exp.head.model_copy(update={"activation": "tanh"})})
    (found,) = infer(asked, 2, 2).problems
    assert found[0] == "head"
    assert found[1].startswith("Tanh cannot follow")


def test_nothing_is_allocated_before_the_size_is_checked(monkeypatch):
    monkeypatch.setattr(limits, "settings", replace(limits.settings, max_parameters=1000))
    monkeypatch.setattr(torch, "empty", None)  # what would allocate
    with pytest.raises(NetworkError):
        build(experiment([linear(1024), linear(1024)]), (2, 2))


def test_shapes_and_diagram_do_not_import_torch():
    code = (
        "import sys; from playground.network import infer, columns;"
        "from playground.experiment.presets import start;"
        "infer(start(), 2, 2); columns(start(), ('a', 'b'), 2);"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
