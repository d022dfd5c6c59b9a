"""What every service stands on: app, database, events, refusals and the viewer. It knows no commerce."""
