"""Reports in Markdown as GitHub and GitLab show it: for pull requests, tickets and chat."""
