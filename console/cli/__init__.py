"""The `./ringfence` command. Runs on a bare Python: nothing here imports what pip installs."""
