"""What the team reads: the weekly content report."""
