"""Lab 52 run from the first cell: again, in a new kernel, and taken down in steps."""

from __future__ import annotations

from .lab52 import Run, code_cells


def test_running_every_answer_twice_changes_nothing(lab52: Run) -> None:
    """Cells can be run again: the answers look for what is there before they create."""
    for answered, checked, code in code_cells():
        if checked:
            result = lab52.check(checked, hidden=True)
            assert result.passed, result.to_text()
        else:
            lab52.execute(code)
            if answered:
                lab52.execute(code)


def test_a_new_kernel_on_the_same_account_gets_full_marks_again(lab52: Run) -> None:
    """The emulator outlives kernels: after a restart everything is there already, and the cells cope."""
    lab52.until("52.15")
    again = Run()
    for _, checked, code in code_cells():
        if checked:
            result = again.check(checked, hidden=True)
            assert result.passed, result.to_text()
        else:
            again.execute(code)


def test_clean_up_is_refused_while_the_provider_goes(lab52: Run) -> None:
    """Deleting answers at once; the check waits for the end."""
    lab52.until("52.15")
    lab52.execute('deletion_order = ["function", "capacity provider", "network", "operator role"]')
    assert lab52.check("52.16").misconception == "left-function"
    lab52.execute("lambda_client.delete_function(FunctionName=function_name)\nlab.advance(300)")
    assert lab52.check("52.16").misconception == "left-provider"
    lab52.execute("lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)")
    assert lab52.check("52.16").misconception == "left-provider-deleting"
