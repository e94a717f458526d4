"""What it takes to connect Slack: the manifest of the app, and checks that say what is wrong and how to mend it."""
