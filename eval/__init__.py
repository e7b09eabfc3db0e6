"""Is it good enough to ship?"""
