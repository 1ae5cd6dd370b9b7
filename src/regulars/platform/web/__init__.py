"""Pages for staff. Views make one domain call, then render; what they need stands in the contexts' doors."""
