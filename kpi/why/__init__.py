"""Why a campaign earned less than it could have, and what moved a total."""
