"""Where IMU data comes from: sensors that send lines over UDP, Bluetooth sensors, and recordings."""
