"""When a host is asked again, left alone for a while, or left for another one."""
