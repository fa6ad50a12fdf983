"""The live view: a web page that an athlete reads from three metres and a coach controls a set from."""
