"""The production store: the customer's single table on DynamoDB."""
