"""What can be done with messages; every face calls the functions of these modules."""
