"""Users, roles, audit, jobs, events, settings, mail to staff: what every context of the platform stands on."""
