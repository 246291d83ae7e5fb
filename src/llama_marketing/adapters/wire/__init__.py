"""The one way to the network: checked addresses, total deadlines, capped bytes, silent logs."""
