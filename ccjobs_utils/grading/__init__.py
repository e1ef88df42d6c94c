"""From hand-ins to points and feedback, inside nbgrader."""
