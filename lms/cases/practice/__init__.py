"""What a person is to practise: items that a low score assigns, and what comes next for them."""
