"""The contact centre itself: its data, its key figures and its rules."""
