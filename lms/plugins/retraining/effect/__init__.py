"""Does retraining work? Those just below the cut-off against those just above, a month later."""
