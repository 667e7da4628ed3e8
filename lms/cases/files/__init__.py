"""Cases as files that people read and write: Markdown, one file each; folders, ZIPs, sheets."""
