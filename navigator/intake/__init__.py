"""Staff's side of the policy library: uploading texts, drafting, release by a second person, and upkeep."""
