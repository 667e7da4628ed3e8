"""Form fields that WTForms does not have."""

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget


class SelectMultipleCheckboxField(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
