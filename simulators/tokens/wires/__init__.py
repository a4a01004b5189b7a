"""What speaks to a token: agents on the computer, and the control side."""
