"""Sessions: training at a date, with places, attendance, and a calendar that brings it to one."""
