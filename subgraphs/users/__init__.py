"""Users owns people: who they are, how they sign in, where they live and what they wish for."""
