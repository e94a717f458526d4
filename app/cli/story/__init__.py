"""The story of Nordwind, a shop for outdoor gear that does not exist: what `flask seed` tells. Data, and its teller."""
