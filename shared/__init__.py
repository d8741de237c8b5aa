"""The kit both portals and all rooms stand on: vocabulary, models, money, periods, scope, jobs."""
