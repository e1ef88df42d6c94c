"""What trainees answer: the model, the answers on disk, the scoring, the widgets."""
